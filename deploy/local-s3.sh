#!/usr/bin/env bash
# A real S3 server for tests and local evaluation: one Ceph monitor, one osd and one RADOS gateway, on loopback only.
# Every data directory is a server of its own, with its own ports, cluster key and credentials, so several run side by side.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: local-s3.sh start|stop|status|env|admin [options] [-- radosgw-admin arguments]

  start    start the server (creating it on the first run), wait until it answers
  stop     stop it; its data stays
  status   say what runs; exit 0 when the server answers
  env      print S3_ENDPOINT, S3_REGION and the keys as `export` lines
  admin    run radosgw-admin against it, e.g. admin --data D -- quota set --quota-scope=bucket …

options (or environment):
  --data DIR        LOCAL_S3_DATA      data directory            default: ./.data/s3
  --port N          LOCAL_S3_PORT      HTTP port; 0 picks one    default: 0
  --tls-port N      LOCAL_S3_TLS_PORT  HTTPS port; 0 picks one   default: 0 (self-signed: <data>/tls/cert.pem)
  --region NAME     LOCAL_S3_REGION    the only region           default: eu-central
  --address A       LOCAL_S3_ADDRESS   a loopback address        default: 127.0.0.1
  --store KIND      LOCAL_S3_STORE     disk or memory            default: disk (memory: starts faster, gone when it stops)
  --while-pid PID                      stop, and remove the data directory, when process PID ends

Picked ports and the other choices of the first start are kept in the data directory.
exit: 0 done · 1 failed or (status) not running · 2 wrong usage · 3 packages missing
USAGE
}

say() { printf 'local-s3: %s\n' "$*" >&2; }
die() { local code=$1; shift; say "$@"; exit "$code"; }

# ---- arguments ------------------------------------------------------------------------------------------------------
[ $# -ge 1 ] || { usage >&2; exit 2; }
verb=$1; shift
case $verb in start|stop|status|env|admin) ;; -h|--help|help) usage; exit 0 ;; *) usage >&2; exit 2 ;; esac

data=${LOCAL_S3_DATA:-./.data/s3}
port=${LOCAL_S3_PORT:-} tls_port=${LOCAL_S3_TLS_PORT:-} region=${LOCAL_S3_REGION:-} address=${LOCAL_S3_ADDRESS:-} store=${LOCAL_S3_STORE:-}
while_pid=
while [ $# -gt 0 ]; do
  case $1 in
    --) shift; break ;;
    --data|--port|--tls-port|--region|--address|--store|--while-pid)
      [ $# -ge 2 ] || die 2 "$1 needs a value"
      case $1 in
        --data) data=$2 ;; --port) port=$2 ;; --tls-port) tls_port=$2 ;; --region) region=$2 ;;
        --address) address=$2 ;; --store) store=$2 ;; --while-pid) while_pid=$2 ;;
      esac
      shift 2 ;;
    *) die 2 "unknown argument '$1' (see --help)" ;;
  esac
done

# ---- the server's own directory -------------------------------------------------------------------------------------
umask 077
[ "$verb" = start ] && mkdir -p "$data"
[ -d "$data" ] || { [ "$verb" = stop ] && exit 0; die 1 "no server at '$data'"; }
data=$(cd "$data" && pwd)
case $data in *[!A-Za-z0-9/._+-]*) die 2 "the data directory '$data' has characters that Ceph's configuration cannot hold" ;; esac
# unix sockets end up below it, and the kernel limits their length to 107
[ ${#data} -le 80 ] || die 2 "the data directory '$data' is ${#data} characters long; the limit is 80"
conf=$data/ceph.conf settings=$data/settings credentials=$data/credentials.env keyring=$data/keyring
export CEPH_CONF=$conf CEPH_ARGS=

remembered() { [ -s "$settings" ] && sed -n "s/^$1=//p" "$settings" || true; }
alive() { # a zombie is dead; a recycled pid is another program
  local pid state; pid=$(cat "$data/run/$1.pid" 2>/dev/null) && [ -n "$pid" ] || return 1
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) && [ -n "$state" ] && [ "$state" != Z ] || return 1
  tr '\0' '\n' < "/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$conf"
}
answers() { curl -fs -o /dev/null --noproxy '*' --max-time 2 "http://$address:$port/"; }
recall() { address=$(remembered address) port=$(remembered port) tls_port=$(remembered tls_port) region=$(remembered region) store=$(remembered store); }

# ---- what may be asked for ------------------------------------------------------------------------------------------
check_request() {
  local missing=() program
  for program in ceph ceph-mon ceph-osd ceph-authtool monmaptool radosgw radosgw-admin openssl curl flock setsid; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} = 0 ] || die 3 "missing: ${missing[*]}. On Debian: apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd openssl curl util-linux"

  local name value kept
  movable=" "
  for name in port tls_port; do case ${!name} in ''|0) movable+="$name "; printf -v $name '' ;; esac; done
  for name in address region store port tls_port; do
    value=${!name} kept=$(remembered $name)
    if [ -z "$value" ]; then printf -v $name %s "$kept"
    elif [ -n "$kept" ] && [ "$value" != "$kept" ] && [[ $name != *port ]]; then
      die 2 "$name is '$kept' since the first start of '$data' and cannot become '$value'"
    fi
  done
  : "${address:=127.0.0.1}" "${region:=eu-central}" "${store:=disk}" "${port:=0}" "${tls_port:=0}"
  [[ $address =~ ^127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$ ]] || die 2 "refusing the address '$address': this server is for loopback (127.x.x.x) only"
  [[ $region =~ ^[a-z0-9][a-z0-9-]{0,39}$ ]] || die 2 "the region '$region' is not 1 to 40 characters of a-z0-9-"
  case $store in disk|memory) ;; *) die 2 "the store '$store' is neither disk nor memory" ;; esac
  for name in port tls_port; do
    [[ ${!name} =~ ^[0-9]{1,5}$ ]] && [ "${!name}" -le 65535 ] || die 2 "${name/_/-} '${!name}' is not 0 to 65535"
  done
  [ -z "$while_pid" ] || [ -d "/proc/$while_pid" ] || die 2 "there is no process $while_pid to wait for"
}

# ---- ports: blocks of 16 below the kernel's own range, each locked for as long as its daemons live -------------------
listening() { cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { sub(/.*:/, "", $2); print $2 }'; }
is_free() { ! grep -qixF "$(printf %04X "$1")" <<<"$taken"; }
pick_ports() {
  local locks=/tmp/local-s3-ports-$UID try candidate offset; taken=$(listening)
  mkdir -p "$locks"; [ -O "$locks" ] || die 1 "$locks belongs to another user"
  for try in $(seq 200); do
    block=$(( 20000 + 16 * (RANDOM % 750) ))
    [ "$try" = 1 ] && [ -n "$(remembered block)" ] && block=$(remembered block)
    exec 8>"$locks/$block"; flock -n 8 || continue
    for offset in $(seq 0 15); do is_free $((block + offset)) || continue 2; done
    for candidate in "port 0" "tls_port 1"; do
      set -- $candidate
      if [ "${!1}" = 0 ] || { [[ $movable == *" $1 "* ]] && ! is_free "${!1}"; }; then printf -v "$1" %s $((block + $2)); fi
    done
    is_free "$port" || die 1 "port $port on $address is taken by another program"
    is_free "$tls_port" || die 1 "port $tls_port on $address is taken by another program"
    mon_port=$((block + 2)) osd_port=$((block + 4)) osd_port_end=$((block + 15))
    return
  done
  die 1 "found no free ports between 20000 and 31999"
}

# ---- configuration --------------------------------------------------------------------------------------------------
secret() { openssl rand -base64 48 | tr -dc A-Za-z0-9 | head -c "$1"; }
write_credentials() {
  [ -s "$credentials" ] || cat > "$credentials" <<KEYS
export S3_ACCESS_KEY=$(secret 20)
export S3_SECRET_KEY=$(secret 40)
export S3_STRANGER_ACCESS_KEY=$(secret 20)
export S3_STRANGER_SECRET_KEY=$(secret 40)
KEYS
  [ -s "$data/tls/cert.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:$address" -keyout "$data/tls/key.pem" -out "$data/tls/cert.pem" 2>>"$data/log/start.out"
  [ -s "$keyring" ] || for entity in mon. client.admin client.rgw osd.0; do
    printf '[%s]\n\tkey = %s\n\tcaps mon = "allow *"\n\tcaps osd = "allow *"\n' $entity "$(ceph-authtool --gen-print-key)"
  done > "$keyring"
}
write_settings() {
  printf '%s\n' "address=$address" "region=$region" "store=$store" "port=$port" "tls_port=$tls_port" "block=$block" \
    "fsid=$fsid" "osd_uuid=$osd_uuid" > "$settings"
}
write_configuration() {
  # monmap: the file tells every client the cluster's id at once; with mon_host alone the osd races its first command
  cat > "$conf" <<CONF
[global]
fsid = $fsid
monmap = $data/monmap
mon_host = [v1:$address:$mon_port]
public_addr = $address
cluster_addr = $address
ms_bind_ipv6 = false
ms_bind_msgr2 = false
ms_bind_port_min = $osd_port
ms_bind_port_max = $osd_port_end
ms_async_op_threads = 2
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = $keyring
run_dir = $data/run
admin_socket = $data/run/\$name.asok
log_file = $data/log/\$name.log
log_to_syslog = false
mon_cluster_log_file = $data/log/cluster.log
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000

[mon]
mon_data = $data/mon/\$id
mon_warn_on_pool_no_redundancy = false
auth_allow_insecure_global_id_reclaim = false
mon_data_avail_warn = 2
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
paxos_min_wait = 0.01

[osd]
osd_data = $data/osd/\$id
osd_objectstore = $([ "$store" = memory ] && echo memstore || echo bluestore)
memstore_device_bytes = 4294967296
bluestore_block_create = true
bluestore_block_size = 21474836480
bluestore_block_preallocate_file = false
bluestore_cache_autotune = false
bluestore_cache_size = 134217728
osd_memory_target = 939524096
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
osd_max_object_name_len = 2048
osd_class_load_list = *
osd_class_default_list = *
# a killed gateway leaves watchers behind, and the next one waits for them to lapse (default 30 s)
osd_client_watch_timeout = 4

[client]
rgw_rados_pool_pg_num_min = 4

[client.rgw]
rgw_realm = local
rgw_zonegroup = $region
rgw_zone = local
rgw_data = $data/rgw
rgw_frontends = beast endpoint=$address:$port ssl_endpoint=$address:$tls_port ssl_certificate=$data/tls/cert.pem ssl_private_key=$data/tls/key.pem
rgw_dns_name = localhost
rgw_thread_pool_size = 64
rgw_enable_static_website = true
rgw_enable_ops_log = false
CONF
}

# ---- daemons --------------------------------------------------------------------------------------------------------
spawn() { # name, command…; 9>&-: the start lock is not handed on (the port lock is)
  local name=$1; shift
  setsid -f bash -c 'echo $$ > "$0"; exec "$@"' "$data/run/$name.pid" "$@" >>"$data/log/$name.out" 2>&1 </dev/null 9>&-
}
wait_for() { # seconds, what, daemon that must stay alive, command…
  local tries=$(( $1 * 10 )) what=$2 daemon=$3; shift 3
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ $tries -le 0 ]; then fail "waited in vain for $what"; fi
    if [ -s "$data/run/$daemon.pid" ] && ! alive "$daemon"; then fail "$daemon ended before $what"; fi
    sleep 0.1
  done
}
fail() { say "$*; the end of the logs in $data/log:"; tail -qn 3 "$data"/log/*.out >&2 || true; stop_daemons; exit 1; }
ceph_() { timeout 60 ceph -c "$conf" --log-file "$data/log/admin.log" "$@" >>"$data/log/start.out" 2>&1 9>&- 8>&-; }
radosgw_admin() { timeout 60 radosgw-admin -c "$conf" --name client.admin --log-file "$data/log/admin.log" "$@" 9>&- 8>&-; }
osd_is_up() { timeout 10 ceph -c "$conf" osd stat 2>/dev/null | grep -q ' 1 up'; }

stop_daemon() { # name, seconds
  local tries=$(( $2 * 20 ))
  if alive "$1"; then
    kill -TERM "$(cat "$data/run/$1.pid")" 2>/dev/null || true
    while alive "$1"; do
      tries=$((tries - 1))
      [ $tries -gt 0 ] || { say "$1 did not stop in $2 s: killed"; kill -KILL "$(cat "$data/run/$1.pid")" 2>/dev/null || true; break; }
      sleep 0.05
    done
  fi
  rm -f "$data/run/$1.pid"
}
stop_daemons() { stop_daemon rgw 10; stop_daemon osd 15; stop_daemon mon 10; }

start() {
  check_request
  # what is removed or overwritten below must be this script's own
  [ -e "$settings" ] || [ -z "$(ls -A "$data")" ] || die 2 "'$data' is not empty and holds no server: choose another directory"
  [ -z "$while_pid" ] || [ ! -e "$settings" ] || die 2 "--while-pid removes the data directory at the end: '$data' is already in use"
  touch "$settings"
  mkdir -p "$data"/{run,log}
  exec 9>"$data/lock"; flock -w 120 9 || die 1 "another start or stop of '$data' takes too long"
  if alive mon && alive osd && alive rgw; then recall; if answers; then say "already running at http://$address:$port"; return; fi; fi
  stop_daemons
  # a first start that did not finish, or a memory that was lost, leaves nothing to keep
  if [ ! -e "$data/ready" ] || [ "$store" = memory ]; then rm -rf "$data"/{ready,mon,osd,rgw,keyring}; fi

  local fresh=1; [ -e "$data/ready" ] && fresh=
  mkdir -p "$data"/{tls,rgw,mon/a,osd/0}
  if [ $fresh ]; then fsid=$(cat /proc/sys/kernel/random/uuid) osd_uuid=$(cat /proc/sys/kernel/random/uuid)
  else fsid=$(remembered fsid) osd_uuid=$(remembered osd_uuid); fi
  pick_ports; write_settings; write_configuration; write_credentials
  if [ $fresh ]; then create; else resume; fi
  spawn rgw radosgw -f -c "$conf" -n client.rgw
  if [ $fresh ]; then
    . "$credentials"
    radosgw_admin user create --uid owner --display-name Owner --access-key "$S3_ACCESS_KEY" --secret-key "$S3_SECRET_KEY" >/dev/null
    radosgw_admin user create --uid stranger --display-name Stranger --access-key "$S3_STRANGER_ACCESS_KEY" --secret-key "$S3_STRANGER_SECRET_KEY" >/dev/null
  fi
  wait_for 60 "an answer on http://$address:$port" rgw answers
  alive rgw || fail "port $port answers, but not from this server"
  touch "$data/ready"
  [ -z "$while_pid" ] || setsid -f bash -c 'tail --pid="$1" -f /dev/null; "$0" stop --data "$2"; rm -rf "$2"' \
    "$(readlink -f "${BASH_SOURCE[0]}")" "$while_pid" "$data" >/dev/null 2>&1 </dev/null 9>&- 8>&-
  say "ready: http://$address:$port and https://$address:$tls_port, region $region, data in $data"
}

create() {
  monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:$address:$mon_port]" "$data/monmap" >>"$data/log/start.out" 2>&1
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd_uuid" --no-mon-config >>"$data/log/start.out" 2>&1 9>&- & local making=$!
  ceph-mon -c "$conf" -i a --mkfs --monmap "$data/monmap" --keyring "$keyring" >>"$data/log/start.out" 2>&1 || fail "the monitor could not be made"
  spawn mon ceph-mon -f -c "$conf" -i a
  ceph_ osd new "$osd_uuid" 0 || fail "the monitor does not answer"
  wait $making || fail "the osd could not be made"
  spawn osd ceph-osd -f -c "$conf" -i 0
  wait_for 60 "the osd" osd osd_is_up
  { radosgw_admin realm create --rgw-realm=local --default
    radosgw_admin zonegroup create --rgw-zonegroup="$region" --api-name="$region" --master --default
    radosgw_admin zone create --rgw-zonegroup="$region" --rgw-zone=local --master --default
    radosgw_admin period update --commit; } >>"$data/log/start.out" 2>&1 || fail "the region could not be made"
}

resume() {
  # its port may have been taken meanwhile: the monitor learns its new address from the map
  monmaptool --create --clobber --fsid "$fsid" --addv a "[v1:$address:$mon_port]" "$data/monmap" >>"$data/log/start.out" 2>&1
  ceph-mon -c "$conf" -i a --inject-monmap "$data/monmap" >>"$data/log/start.out" 2>&1 || fail "the monitor's data cannot be used"
  spawn mon ceph-mon -f -c "$conf" -i a
  # after a hard kill the map still says 'up' at the old address, and the boot would wait for that to lapse
  ceph_ osd down 0 || fail "the monitor does not answer"
  spawn osd ceph-osd -f -c "$conf" -i 0
  wait_for 60 "the osd" osd osd_is_up
}

stop() {
  exec 9>"$data/lock"; flock -w 120 9 || die 1 "another start or stop of '$data' takes too long"
  stop_daemons; say "stopped"
}

status() {
  local daemon pid code=0
  for daemon in mon osd rgw; do
    if alive $daemon; then pid=$(cat "$data/run/$daemon.pid"); say "$daemon runs: pid $pid, $(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status") MiB"
    else say "$daemon does not run"; code=1; fi
  done
  if [ $code = 0 ] && recall && answers; then say "S3 answers on http://$address:$port"; else say "S3 does not answer"; code=1; fi
  return $code
}

environment() {
  [ -e "$data/ready" ] || die 1 "the server at '$data' was never started"
  recall; cat "$credentials"
  echo "export S3_ENDPOINT=http://$address:$port S3_TLS_ENDPOINT=https://$address:$tls_port S3_TLS_CERTIFICATE=$data/tls/cert.pem S3_REGION=$region"
}

case $verb in
  start) start ;;
  stop) stop ;;
  status) status ;;
  env) environment ;;
  admin) radosgw_admin "$@" ;;
esac
