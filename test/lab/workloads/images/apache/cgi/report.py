#!/usr/bin/python3
import json

print("Content-Type: application/json\r\n\r\n" + json.dumps({"state": "served"}))
