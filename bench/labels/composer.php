<?php
// Packages of each vendor folder by installed.php, the list that Composer writes for programs. What a package only
// replaces or provides has no version of its own there.
$root = $argv[1];
$found = [];
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS));
foreach ($files as $file) {
    if (!preg_match('~/composer/installed\.php$~', $file)) continue;
    $list = require $file->getPathname();
    $place = substr(preg_replace('~php$~', 'json', $file->getPathname()), strlen($root) + 1);
    foreach ($list['versions'] as $name => $one) {
        if (!isset($one['pretty_version']) || $name === $list['root']['name']) continue;
        $found[] = [$place, $name, $one['pretty_version']];
    }
}
echo json_encode($found);
