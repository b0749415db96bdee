from __future__ import annotations

import abc
import typing

LIMIT = 10
