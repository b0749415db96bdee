"""How hypothesis works here: no deadlines on shared machines, and the same examples in CI.

And nobody's own configuration counts, nor what was kept of other runs.
"""

import os

from hypothesis import settings

from fastapply.cli.config_layers import READERS, variable

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_CACHE_HOME"] = os.devnull
os.environ["APPDATA"] = os.environ["LOCALAPPDATA"] = os.devnull
# huggingface_hub looks for a token below its cache, and wants that to be a folder, if not there.
os.environ["HF_HOME"] = os.path.join(os.path.dirname(__file__), "no-such-folder")
for key in READERS:
    os.environ.pop(variable(key), None)
