"""External: grade the answers of systems that are not ours (docs/external.md). Nothing is trained for them.

Reads the user's files of answers and perturbed items, writes <results>/predictions/{system}/{target}/seed{seed}.parquet.
"""

if external.names:

    rule read_external:
        """Check a system's answers to a target, and grade them as predictions; all seeds get the same."""
        input:
            answers=lambda wildcards: external.files(wildcards.system, wildcards.target),
            perturbed=lambda wildcards: all_perturbed(wildcards.target),
        output:
            predictions=expand(
                "<results>/predictions/{{system}}/{{target}}/seed{seed}.parquet", seed=study.seeds
            ),
        log:
            "<logs>/read_external/{system}/{target}.log",
        benchmark:
            "<benchmarks>/read_external/{system}/{target}.tsv"
        wildcard_constraints:
            system="|".join(external.names),
        conda:
            "../envs/stats.yaml"
        resources:
            **needs.plain("score", by_input=40),
        params:
            code_of("read_external"),
            **by_target(external.grading),
        script:
            "../scripts/read_external.py"
