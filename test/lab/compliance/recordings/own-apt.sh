# For scripts that fetch packages of another release than this machine's: gives apt folders of its own in the folder `$1`,
# which becomes the working folder and `$work`. Sources are put into apt/sources.list; `APT_CONFIG="$own_apt"` uses them.
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
cd "$1"
work=$(pwd)
own_apt=$work/apt/apt.conf
touch apt/status
cat >"$own_apt" <<END
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
END
