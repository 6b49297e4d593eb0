"""A Ray cluster of two nodes on this machine; run as a program, it ends with its stdin.

It says the address, then does what each line says: ``kill`` the second node, as a power cut would,
or ``add`` another.
"""

import shutil
import sys
import tempfile

SMALL = {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}


def main():
    from ray.cluster_utils import Cluster

    place = tempfile.mkdtemp(prefix="ray-")  # short: the names of sockets are
    cluster = Cluster(initialize_head=True, head_node_args={**SMALL, "temp_dir": place})
    second = cluster.add_node(**SMALL)
    print(cluster.address, flush=True)
    for line in sys.stdin:
        if line.strip() == "kill":
            cluster.remove_node(second, allow_graceful=False)
        else:
            second = cluster.add_node(**SMALL)
        print("done", flush=True)
    cluster.shutdown()
    shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
