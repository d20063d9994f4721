import os
from django.conf import settings
from django.db import connection

env = os.environ
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "HOST": env["DATABASE_HOST"], "NAME": env["DATABASE_NAME"], "USER": env["DATABASE_USER"], "PASSWORD": env["DATABASE_PASSWORD"],
        "OPTIONS": {"ssl_mode": "VERIFY_IDENTITY", "ssl": {"ca": env["DATABASE_CA"]}},
    }
}
settings.configure(DATABASES=DATABASES)
with connection.cursor() as cursor:
    cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
    print(cursor.fetchone()[1])
