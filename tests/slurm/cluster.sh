#!/usr/bin/env bash
# A real SLURM on this machine alone, for tests: six nodes on the loopback interface, started without systemd, as root.
#   cluster.sh install       the Debian packages of SLURM, unless they are there
#   cluster.sh start FOLDER  daemons with keys, state and logs in FOLDER; waits until all nodes are idle
#   cluster.sh stop FOLDER   ends these daemons and removes the link in /etc/slurm
# Partitions: `main`, and `urgent`, whose jobs send those of `main` back to the queue. No accounts and no slurmdbd, so no
# sacct. Jobs that take more memory than they asked for are killed (measured once a second, no cgroups needed).
set -euo pipefail

install_packages() {
    command -v slurmctld munged > /dev/null && return
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends slurm-wlm munge > /dev/null
}

write_configuration() {
    [ -s "$folder/munge.key" ] || (umask 077 && head -c 256 /dev/urandom > "$folder/munge.key")
    cat > "$folder/slurm.conf" <<CONF
ClusterName=stiltcal
SlurmctldHost=$(hostname -s)(127.0.0.1)
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
SlurmdUser=root
# A job that went back to the queue starts again only once its credential has expired: 5 s instead of 120 s.
AuthInfo=socket=$folder/munge.socket,cred_expire=5
SlurmctldPort=27817
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmdLogFile=$folder/slurmd-%n.log
SlurmdSpoolDir=$folder/spool-%n
StateSaveLocation=$folder/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=bf_interval=1,sched_min_interval=100000
KillWait=10
MailProg=/bin/true
ReturnToService=2
NodeName=node[1-6] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[27821-27826] CPUs=1 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1
PartitionName=urgent Nodes=ALL PriorityTier=2 PreemptMode=OFF
CONF
    # Steps of a job lose SLURM_CONF, and read the file at its usual place.
    if [ -e /etc/slurm/slurm.conf ] && [ "$(readlink /etc/slurm/slurm.conf)" != "$folder/slurm.conf" ]; then
        echo "/etc/slurm/slurm.conf: this machine has a SLURM of its own; it is left alone" >&2
        exit 1
    fi
    mkdir -p /etc/slurm
    ln -sfn "$folder/slurm.conf" /etc/slurm/slurm.conf
}

start() {
    mkdir -p "$folder/state"
    chmod 755 "$folder"
    write_configuration
    munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
    slurmctld -i
    for number in $(seq 6); do slurmd -N "node$number"; done
    for _ in $(seq 100); do
        [ "$(sinfo --noheader --Node --partition=main --states=idle 2> /dev/null | wc -l)" = 6 ] && return
        sleep 0.2
    done
    echo "SLURM did not start; the last lines of its logs:" >&2
    tail -n 10 "$folder"/*.log >&2
    exit 1
}

stop() {
    timeout 10 scancel --quiet --user=root 2> /dev/null || true
    for name in slurmd-node{1..6} slurmctld munged; do
        [ -s "$folder/$name.pid" ] || continue
        pid=$(cat "$folder/$name.pid")
        kill "$pid" 2> /dev/null || continue
        for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || break; sleep 0.2; done
        kill -9 "$pid" 2> /dev/null || true
    done
    if [ "$(readlink /etc/slurm/slurm.conf)" = "$folder/slurm.conf" ]; then rm /etc/slurm/slurm.conf; fi
}

action=${1:?install, start or stop}
if [ "$action" = install ]; then
    install_packages
else
    folder=$(realpath -m "${2:?the folder of the cluster}")
    "$action"
fi
