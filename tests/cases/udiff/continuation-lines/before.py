"""What a build of the interpreter can do."""

NAMES = (
    'main',
    'stop',
)
if features['fork']:
    NAMES += ('fork',)

EXPECTED = set(['fork',
 'native_id',
 'ref_debug',
 'stack_check'])
WINDOWS = {'fork': False,
 'native_id': True,
 'ref_debug': 'maybe',
 'stack_check': 'maybe'}
