"""Writing with a model on a server: OpenAI-compatible APIs, and what some of them have besides."""
