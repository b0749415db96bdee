def build(key, text):
    cipher = Cipher(key)
    data = cipher.update(text)
    return data.hex()


def main():
    print(build(1, 2))
