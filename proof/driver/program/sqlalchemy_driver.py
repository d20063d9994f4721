import os
from sqlalchemy import create_engine, text

env = os.environ
engine = create_engine(
    env["DATABASE_URL"].replace("mysql:", "mysql+pymysql:", 1),
    connect_args={"ssl": {"ca": env["DATABASE_CA"], "check_hostname": True}}, pool_pre_ping=True,
)
with engine.connect() as connection:
    print(connection.execute(text("SHOW STATUS LIKE 'Ssl_cipher'")).fetchone()[1])
