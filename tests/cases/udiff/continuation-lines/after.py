"""What a build of the interpreter can do."""

NAMES = (
    'main',
    'stop',
)
if features['fork']:
    NAMES += ('fork',)
if features['stack_check']:
    NAMES += (
        'check_stack',
    )

EXPECTED = set(['fork',
 'native_id',
 'ref_debug',
 'trace_refs',
 'stack_check'])
WINDOWS = {'fork': False,
 'native_id': True,
 'ref_debug': 'maybe',
 'trace_refs': 'maybe',
 'stack_check': 'maybe'}
