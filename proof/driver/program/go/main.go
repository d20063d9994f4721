package main

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"log"
	"os"

	"github.com/go-sql-driver/mysql"
)

func main() {
	pem, err := os.ReadFile(os.Getenv("DATABASE_CA"))
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	mysql.RegisterTLSConfig("database", &tls.Config{RootCAs: roots, ServerName: os.Getenv("DATABASE_HOST")})
	settings := mysql.Config{
		User: os.Getenv("DATABASE_USER"), Passwd: os.Getenv("DATABASE_PASSWORD"), DBName: os.Getenv("DATABASE_NAME"),
		Net: "tcp", Addr: os.Getenv("DATABASE_HOST") + ":3306",
		TLSConfig: "database", AllowNativePasswords: true,
	}
	database, err := sql.Open("mysql", settings.FormatDSN())
	if err != nil {
		log.Fatal(err)
	}
	var name, cipher string
	if err := database.QueryRow("SHOW STATUS LIKE 'Ssl_cipher'").Scan(&name, &cipher); err != nil {
		log.Fatal(err)
	}
	fmt.Println(cipher)
}
