def convert(row, fields, strict):
    if strict:
        extra = row.keys() - fields
        if extra:
            raise ValueError("these fields are too many: "
                             + ", ".join([repr(x) for x in extra]))
    return [row.get(key) for key in fields]
