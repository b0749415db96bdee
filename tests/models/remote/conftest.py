import pytest

pytest.importorskip("httpx2")
