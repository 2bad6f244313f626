#!/bin/bash
# One training on 2 nodes with 8 GPUs each:  sbatch examples/slurm_torchrun.sh train.py
#SBATCH --job-name=metalign
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1    # torchrun starts the processes of its node
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --requeue              # metalign.train.fit goes on from its last checkpoint
set -euo pipefail
nodes=$(scontrol show hostnames "$SLURM_JOB_NODELIST")         # a line each; read whole: a pipe into head fails at times
export OMP_NUM_THREADS=$((SLURM_CPUS_PER_TASK/8)) METALIGN_PROGRESS=0
# the run folder, out= of fit, must be on a disk that all nodes share
srun torchrun --nnodes="$SLURM_NNODES" --nproc_per_node=8 --rdzv_id="$SLURM_JOB_ID" --rdzv_backend=c10d \
  --rdzv_endpoint="${nodes%%[[:space:]]*}:29500" "$@"
