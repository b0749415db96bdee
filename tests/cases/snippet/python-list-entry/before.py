APPS = [
    'admin',
    'auth',
]

DEBUG = False
