def load(path):
    text = path.read_text("utf-8")
    lines = text.splitlines()
    if not lines:
        return []
    return [line.strip() for line in lines]
