#!/usr/bin/env bash
# Print running, success or failed for a job of PBS Pro, LSF or SGE, whichever is installed. Usage: status.sh NUMBER
# A scheduler that does not answer knows nothing of the job's end: the job is said to run.
job=$1

if command -v bjobs > /dev/null; then
    case $(bjobs -noheader -o stat "$job" 2> /dev/null) in
        DONE) echo success ;;
        EXIT) echo failed ;;
        *) echo running ;;
    esac
elif command -v qacct > /dev/null; then
    if qstat -j "$job" > /dev/null 2>&1; then
        echo running
    else # qacct writes a job down some seconds after its end
        case $(qacct -j "$job" 2> /dev/null | awk '$1 == "failed" || $1 == "exit_status" { sum += $2; seen = 1 } END { if (seen) print sum }') in
            0) echo success ;;
            "") echo running ;;
            *) echo failed ;;
        esac
    fi
else
    case $(qstat -x -f "$job" 2> /dev/null | awk '$1 == "job_state" { state = $3 } $1 == "Exit_status" { code = $3 } END { print state code }') in
        F0) echo success ;;
        F*) echo failed ;;
        *) echo running ;;
    esac
fi
