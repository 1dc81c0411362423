#!/bin/sh
date -u +%s >>/var/log/tick
if [ "$(wc -l </var/log/tick)" -gt 8 ]; then
  mv /var/log/tick /var/log/tick.1
  gzip -f /var/log/tick.1
fi
