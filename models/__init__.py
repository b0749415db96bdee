"""Rewriting with a local model: prompts, drafts, batched verification, llama.cpp."""
