import { Router } from "express";
import { db } from "../db";
import type { User } from "../types";

const router = Router();

export interface Query {
  limit?: number;
  offset?: number;
}

type Status = "open" | "closed";

router.get("/users", async (req, res) => {
  const { limit = 10, offset = 0 } = req.query as Query;
  const users = await db.users.find({ limit, offset });
  res.json(users);
});

router.get("/users/:id", async (req, res) => {
  const user = await db.users.get(req.params.id);
  if (!user) {
    res.status(404).json({ error: "not found" });
    return;
  }
  res.json(user);
});

router.post("/users", async (req, res) => {
  const user = await db.users.insert(req.body);
  res.status(201).json(user);
});

export function format(user: User, status: Status): string {
  switch (status) {
    case "open":
      return `${user.name} is open`;
    case "closed":
      return `${user.name} is closed`;
    default:
      return user.name;
  }
}

export const toDto = (user: User) => ({
  id: user.id,
  name: user.name,
  email: user.email,
});

export default router;
