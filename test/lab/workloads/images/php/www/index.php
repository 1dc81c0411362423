<?php
require '/usr/share/php/Twig/autoload.php';

$twig = new Twig\Environment(new Twig\Loader\FilesystemLoader('/srv/templates'), ['cache' => '/var/cache/twig']);
echo $twig->render($_GET['page'] === 'list' ? 'list.twig' : 'page.twig', ['items' => ['served', 'again']]);
