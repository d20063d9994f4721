<?php
$database = new PDO(
    'mysql:host=' . getenv('DATABASE_HOST') . ';dbname=' . getenv('DATABASE_NAME'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    [PDO::MYSQL_ATTR_SSL_CA => getenv('DATABASE_CA')],
);
echo $database->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch()['Value'], "\n";
