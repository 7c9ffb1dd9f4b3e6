#!/usr/bin/env bash
set -e
if ! npm ci; then npm run "$x" && a | b & fi
X=$(git rev-parse HEAD; echo) Y=(a b
c) make -j4 \
 all
cat > x <<'E' && foo
$(no)
E
cat <<-F | sed 's/a/b/'
	x $(yes `no1`) ${a:-$(def)}
	F
for i in a $(ls); do echo $i; done < in | sort
while read -r l; do x; done < <(find . )
case "$1" in a|b) foo;; (c) bar ;& *) baz; esac
f() { local a=1; g; } >&2
function h { (cd x; make); }
[[ -f x && $y =~ ^(a|b)$ ]] || (( x++ ))
echo $((1 + (2 << 3))) $( (a); b ) {a,b} *.c ~/x $'a\n\u00e9' "${x:-$(y)}" ${z//a/b} @(p|q)
{ a; b; } 2>&1 | tee log
(a && b) &
time -p foo
! a | b
x=`echo \`date\``
export A=b B=(1 2)
for ((i = 0; i < 3; i++)) { echo "$i"; }
select x in a b; do break; done <<< "$y"
coproc NAME { cat; }
cmd |& tee >(gzip > y.gz) &>> log {fd}>&-
until false; do if a; then b; elif c; then d; else e; fi; done
v=${ echo 1; } w[$i]+=x
if x
