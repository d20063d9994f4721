import asyncio
import os
import ssl
import aiomysql

env = os.environ


async def main():
    database = await aiomysql.connect(
        host=env["DATABASE_HOST"], user=env["DATABASE_USER"], password=env["DATABASE_PASSWORD"], db=env["DATABASE_NAME"],
        ssl=ssl.create_default_context(cafile=env["DATABASE_CA"]),
    )
    async with database.cursor() as cursor:
        await cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
        print((await cursor.fetchone())[1])
    database.close()


asyncio.run(main())
