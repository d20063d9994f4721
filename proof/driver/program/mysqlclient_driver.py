import os
import MySQLdb

env = os.environ
database = MySQLdb.connect(
    host=env["DATABASE_HOST"], user=env["DATABASE_USER"], password=env["DATABASE_PASSWORD"], database=env["DATABASE_NAME"],
    ssl_mode="VERIFY_IDENTITY", ssl={"ca": env["DATABASE_CA"]},
)
cursor = database.cursor()
cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
print(cursor.fetchone()[1])
