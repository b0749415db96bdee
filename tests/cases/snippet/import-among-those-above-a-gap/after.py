"""Weather of the week."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import requests

URL = "https://weather.example.org"


class Station:
    def __init__(self, name):
        self.name = name

    def fetch(self, day):
        return requests.get(f"{URL}/{self.name}/{day}").json()


class FastStation:
    def __init__(self, name):
        self.name = name

    async def fetch(self, session, day):
        async with session.get(f"{URL}/{self.name}/{day}") as response:
            return await response.json()


def report(days):
    for day in days:
        print(day["day"], day["mean"])
