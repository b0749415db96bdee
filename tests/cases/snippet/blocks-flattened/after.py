def send(form, queue):
    letter = None
    if not form.signed or not form.address:
        return None

    letter = Letter(form.address)
    letter.text = form.text
    queue.put(letter)
    log.info("queued")
    return letter


def reset(queue):
    queue.clear()
