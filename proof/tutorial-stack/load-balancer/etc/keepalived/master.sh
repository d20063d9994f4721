#!/bin/sh
# keepalived made this load balancer the master: unless it has a Reserved IP it asks for it, up to ten times, three seconds apart.
. /etc/keepalived/reserved-ip.env
metadata=http://169.254.169.254/metadata/v1
id=$(curl -s "$metadata/id")
[ "$(curl -s "$metadata/reserved_ip/ipv4/active")" = false ] || exit 0
tries=0
while [ "$tries" -lt 10 ]; do
  assign-ip "$RESERVED_IP" "$id" && break
  tries=$((tries + 1))
  sleep 3
done
