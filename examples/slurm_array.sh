#!/bin/bash
# The jobs of a study dealt to 16 tasks, on any nodes that share this folder:  sbatch examples/slurm_array.sh
#SBATCH --job-name=metalign
#SBATCH --array=0-15           # task i does every 16th job from the i-th; some of them again: --array=3,15, with the last, which says how many
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=12:00:00
#SBATCH --requeue              # a task that was stopped goes on where it was
#SBATCH --output=slurm-%A_%a.out
set -euo pipefail
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK METALIGN_PROGRESS=0   # threads of PyTorch; no progress bars in the log
part=$SLURM_ARRAY_TASK_ID/$((SLURM_ARRAY_TASK_MAX + 1))
case ${1:-sae} in              # sbatch examples/slurm_array.sh twostream
  sae)       metalign_sae --out_dir run_0 --plan full --part "$part" ;;
  twostream) metalign_twostream --out results/twostream --plan full --part "$part" ;;
  *)         echo "unknown study $1: sae or twostream" >&2; exit 2 ;;
esac
# afterwards the same command without --part reads what all tasks have done, and prints or draws the whole
