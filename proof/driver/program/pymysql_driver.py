import os
import pymysql

env = os.environ
database = pymysql.connect(
    host=env["DATABASE_HOST"], user=env["DATABASE_USER"], password=env["DATABASE_PASSWORD"], database=env["DATABASE_NAME"],
    ssl_ca=env["DATABASE_CA"], ssl_verify_cert=True, ssl_verify_identity=True,
)
cursor = database.cursor()
cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
print(cursor.fetchone()[1])
