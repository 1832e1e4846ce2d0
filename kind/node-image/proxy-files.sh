# Prints the files that kube-proxy calls, and the libraries they load, one path a line; run in the node's root file system.
set -eu
programs="/usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi /usr/sbin/nft /usr/sbin/conntrack /usr/bin/kmod /usr/bin/dash"
{
  printf '%s\n' $programs /etc/protocols
  find /usr/sbin /etc/alternatives -name '*tables*'
  find /usr/lib -path '*/xtables/*.so'
  for file in $programs $(find /usr/lib -path '*/xtables/*.so'); do
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true
  done | while read -r library; do
    echo "$library"
    readlink -f "$library"
  done
} | while read -r file; do
  # /lib and /sbin are links into /usr, so each path is printed where the file really lies.
  directory=$(readlink -f "$(dirname "$file")")
  if [ -e "$directory/$(basename "$file")" ]; then echo ".$directory/$(basename "$file")"; fi
done | sort -u
