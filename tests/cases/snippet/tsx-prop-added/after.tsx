import React from "react";

type Props = { name: string; unread: number; muted?: boolean };

export function Badge({ name, unread, muted = false }: Props) {
  return (
    <div className="badge">
      <span className="badge-name">{name}</span>
      <span className="badge-count">{unread}</span>
    </div>
  );
}
