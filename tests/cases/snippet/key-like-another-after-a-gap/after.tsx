import React from "react";

const COLORS = {
  red: "#f00",
  blue: "#00f",
  green: "#0f0",
};

export function Card({ title, children }) {
  const [open, setOpen] = useState(false);

  return (
    <div className="card">
      <h2>{title}</h2>
      <div className="body">{children}</div>
    </div>
  );
}
