import React from "react";

type Props = { name: string; unread: number };

export function Badge({ name, unread }: Props) {
  return (
    <div className="badge">
      <span className="badge-name">{name}</span>
      <span className="badge-count">{unread}</span>
    </div>
  );
}
