start(
    port=80,
    host='a',
)

stop(
    port=81,
    host='a',
)
