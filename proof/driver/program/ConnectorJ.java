import java.sql.DriverManager;

class ConnectorJ {
    public static void main(String[] none) throws Exception {
        var env = System.getenv();
        var url = "jdbc:mysql://" + env.get("DATABASE_HOST") + ":3306/" + env.get("DATABASE_NAME") + "?sslMode=VERIFY_IDENTITY"
            + "&trustCertificateKeyStoreUrl=file:/tmp/database.p12&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStorePassword=public";
        var user = env.get("DATABASE_USER");
        try (var database = DriverManager.getConnection(url, user, env.get("DATABASE_PASSWORD"));
                var rows = database.createStatement().executeQuery("SHOW STATUS LIKE 'Ssl_cipher'")) {
            rows.next();
            System.out.println(rows.getString(2));
        }
    }
}
