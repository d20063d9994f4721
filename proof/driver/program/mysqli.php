<?php
$database = mysqli_init();
$database->ssl_set(null, null, getenv('DATABASE_CA'), null, null);
$database->real_connect(
    getenv('DATABASE_HOST'),
    getenv('DATABASE_USER'),
    getenv('DATABASE_PASSWORD'),
    getenv('DATABASE_NAME'),
    flags: MYSQLI_CLIENT_SSL,
);
echo $database->query("SHOW STATUS LIKE 'Ssl_cipher'")->fetch_assoc()['Value'], "\n";
