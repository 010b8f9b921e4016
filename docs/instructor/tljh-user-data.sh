#!/bin/bash
# A JupyterHub for a class, on one fresh Ubuntu machine (22.04 or newer): paste this file, whole, into the field
# "user data" (or "startup script") of the machine that you order, or run it there as root. docs/instructor/jupyterhub.md
# says how large the machine must be, and what to do afterwards. It takes a quarter of an hour or more; follow it with
#     tail -f /var/log/course-hub.log
set -euo pipefail
exec > >(tee -a /var/log/course-hub.log) 2>&1

# course: begin
COURSE="${COURSE:?the course has no public address yet: make address URL=...}"
VERSION=v0.1.0
# course: end
LEARNERS=40
MEMORY=3G
CORES=2
SOURCE=/opt/course-source
ENVIRONMENT=/opt/course-environment
HUB=/opt/tljh

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y python3 python3-dev git curl

# The instructor's password is made here: only root can read it. Learners choose theirs when they first log in.
umask 077
[ -s /root/instructor-password ] || head -c 24 /dev/urandom | base64 > /root/instructor-password
umask 022
curl --fail --silent --show-error --location https://tljh.jupyter.org/bootstrap.py \
  | python3 - --version 2 --admin "instructor:$(cat /root/instructor-password)"

# Only these names can log in: learner01, learner02 …
for number in $(seq -w 01 "$LEARNERS"); do
  "$HUB/hub/bin/tljh-config" add-item users.allowed "learner$number"
done
"$HUB/hub/bin/tljh-config" set limits.memory "$MEMORY"
"$HUB/hub/bin/tljh-config" set limits.cpu "$CORES"
# A lunch break must not end anyone's kernel.
"$HUB/hub/bin/tljh-config" set services.cull.timeout 7200

# PyTorch counts the machine's cores, not the share of them that a learner has; more threads than cores crawl.
mkdir -p "$HUB/config/jupyterhub_config.d"
cat > "$HUB/config/jupyterhub_config.d/course.py" <<PYTHON
c.Spawner.environment = {"OMP_NUM_THREADS": "$CORES", "OMP_WAIT_POLICY": "PASSIVE"}
PYTHON

# The course gets an environment of its own, so that the hub's stays as its makers tested it; its Python takes the
# place of the kernel "python3", which the notebooks ask for.
git clone --quiet --depth=1 --branch "$VERSION" "$COURSE" "$SOURCE"
"$HUB/user/bin/conda" env create --quiet --prefix "$ENVIRONMENT" --file "$SOURCE/environment.yml"
"$ENVIRONMENT/bin/python" -m pip install --quiet --no-deps "$SOURCE"
"$ENVIRONMENT/bin/python" -m ipykernel install --prefix "$HUB/user" --name python3 --display-name "Python 3 (course)"

"$HUB/hub/bin/tljh-config" reload
"$ENVIRONMENT/bin/python" -m workshop_utils.doctor
echo "The hub is ready."
