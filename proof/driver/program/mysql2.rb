require "mysql2"

database = Mysql2::Client.new(
  host: ENV["DATABASE_HOST"], username: ENV["DATABASE_USER"], password: ENV["DATABASE_PASSWORD"], database: ENV["DATABASE_NAME"],
  ssl_mode: :verify_identity, sslca: ENV["DATABASE_CA"]
)
puts database.query("SHOW STATUS LIKE 'Ssl_cipher'").first["Value"]
