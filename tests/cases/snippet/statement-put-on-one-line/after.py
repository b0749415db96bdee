def convert(row, fields, strict):
    if strict:
        extra = sorted(row.keys() - fields)
        if extra:
            raise ValueError(f"these fields are too many: {extra}")
    return [row.get(key) for key in fields]
