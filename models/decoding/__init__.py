"""Speculative decoding, apart from any engine: drafts, batches, what they cost and bring."""
