APPS = [
    'admin',
    'auth',
    'blog',
]

DEBUG = False
