#!/usr/bin/env python3
"""Trains the student on stored answers of the teachers, and goes on where it was interrupted.

    distil.py --answers FOLDER --start start.pt --output FOLDER --minutes M [--lr 4e-4] [--processes 2] [--batch 64]

Each process has one thread and a share of the batch; gradients are averaged through shared memory. The learning rate
falls as a cosine over the minutes. FOLDER gets checkpoint.pt every two minutes (the same command goes on from it) and
log.txt. The last 1024 crops are held out. Source glibc_for_torch.sh first.
"""
import argparse
import math
import os
import pathlib
import time

import numpy
import torch
import torch.multiprocessing
import torch.nn.functional as F

from student import Student, prepared

HELD_OUT = 1024
WARM_UP_STEPS = 100
NESTED = (64, 256)  # leading channels of the vector that have to be good by themselves (Kusupati et al. 2022, arXiv:2205.13147)
WEIGHTS = {"map": 1.0, "cosine": 2.0, "similarity": 20.0}


def losses(vector, says, maps, vectors, map_variance):
    """map: squared error of the teacher's map, as a share of its variance. cosine: one minus it, of the vector said with
    the teachers' vectors in their largest directions. similarity: squared error of the cosines between pictures
    (Park et al. 2019, arXiv:1904.05068), of the first 64 channels and of all."""
    wanted = F.normalize(vectors) @ F.normalize(vectors).T
    found = {"map": (says - maps).square().mean() / map_variance,
             "cosine": 1 - F.cosine_similarity(vector, vectors[:, :vector.shape[1]]).mean()}
    nested = [F.normalize(vector[:, :channels]) for channels in NESTED]
    found["similarity"] = sum((rows @ rows.T - wanted).square().mean() for rows in nested) / len(nested)
    return found


class Answers:
    def __init__(self, folder):
        rows = int(pathlib.Path(folder, "done.txt").read_text())
        self.crops, self.maps, self.vectors = (numpy.load(f"{folder}/{n}.npy", mmap_mode="r") for n in ("crops", "maps", "vectors"))
        self.training, self.held_out = numpy.arange(rows - HELD_OUT), numpy.arange(rows - HELD_OUT, rows)
        sample = self.maps[:512].astype(numpy.float32)
        self.map_variance = float(sample.var((0, 1)).mean())

    def batch(self, rows, mirrored):
        rows = numpy.sort(rows)
        images = prepared(self.crops[rows])
        maps = torch.from_numpy(self.maps[rows].astype(numpy.float32)).reshape(len(rows), 5, 5, -1).permute(0, 3, 1, 2)
        if mirrored:  # the teachers' vectors hardly change
            images, maps = images.flip(3), maps.flip(3)
        return images, maps, torch.from_numpy(self.vectors[rows].astype(numpy.float32))


def measured(student, answers):
    total = {}
    with torch.no_grad():
        for rows in numpy.split(answers.held_out, HELD_OUT // 64):
            images, maps, vectors = answers.batch(rows, False)
            for name, loss in losses(*student(images), maps, vectors, answers.map_variance).items():
                total[name] = total.get(name, 0) + float(loss) * 64 / HELD_OUT
    return {name: round(value, 4) for name, value in total.items()}


class Trainer:
    """One of the processes. Rank 0 also measures, prints and saves."""

    def __init__(self, arguments, rank, shared):
        torch.set_num_threads(1)
        self.arguments, self.rank, self.shared = arguments, rank, shared
        self.answers = Answers(arguments.answers)
        self.student = Student().to(memory_format=torch.channels_last)
        self.parameters = list(self.student.parameters())
        groups = [{"params": [p for p in self.parameters if p.ndim > 1], "weight_decay": 0.02},
                  {"params": [p for p in self.parameters if p.ndim == 1], "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=arguments.lr, betas=(0.9, 0.98))
        self.step = self.seconds = 0
        self.checkpoint = arguments.output / "checkpoint.pt"
        state = torch.load(self.checkpoint if self.checkpoint.exists() else arguments.start)
        self.student.load_state_dict(state["student"])
        if "optimizer" in state:
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.seconds = state["step"], state["seconds"]
        self.order = numpy.random.default_rng([arguments.seed, self.step])  # the same in every process

    def say(self, text):
        print(text, flush=True)
        with open(self.arguments.output / "log.txt", "a") as log:
            log.write(text + "\n")

    def save(self):
        partial = self.checkpoint.with_suffix(".part")
        torch.save({"student": self.student.state_dict(), "optimizer": self.optimizer.state_dict(), "step": self.step,
                    "seconds": self.seconds}, partial)
        os.replace(partial, self.checkpoint)
        self.say(f"{self.seconds / 60:.1f} min, step {self.step}, held out: {measured(self.student, self.answers)}")

    def take_step(self, progress):
        arguments, processes = self.arguments, self.arguments.processes
        rate = arguments.lr * min(1, (self.step + 1) / WARM_UP_STEPS) * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        rows = self.order.choice(self.answers.training, arguments.batch * processes, replace=False)
        images, maps, vectors = self.answers.batch(rows[self.rank::processes], self.step % 2 == 1)
        found = losses(*self.student(images), maps, vectors, self.answers.map_variance)
        self.optimizer.zero_grad()
        sum(WEIGHTS[name] * loss for name, loss in found.items()).backward()
        self.average_gradients()
        torch.nn.utils.clip_grad_norm_(self.parameters, 5.0)
        self.optimizer.step()
        self.step += 1
        return {name: round(float(loss), 4) for name, loss in found.items()}

    def average_gradients(self):
        gradients, barrier, _ = self.shared
        gradients[self.rank].copy_(torch.cat([p.grad.flatten() for p in self.parameters]))
        barrier.wait()
        mean = gradients.mean(0)
        barrier.wait()
        for parameter, part in zip(self.parameters, mean.split([p.numel() for p in self.parameters])):
            parameter.grad.copy_(part.view_as(parameter))

    def run(self):
        _, barrier, progress = self.shared
        limit, saved = self.arguments.minutes * 60, self.seconds
        if self.rank == 0:
            self.say(f"{len(self.answers.training)} crops, held out at the start: {measured(self.student, self.answers)}")
        barrier.wait()
        before = time.time() - self.seconds
        while True:
            if self.rank == 0:
                self.seconds = time.time() - before
                progress[0] = self.seconds / limit
            barrier.wait()
            if progress[0] >= 1:
                break
            found = self.take_step(float(progress[0]))
            if self.rank == 0 and self.step % 50 == 0:
                self.say(f"step {self.step}, {self.step * self.arguments.batch * self.arguments.processes / self.seconds:.0f} crops/s, {found}")
            if self.rank == 0 and self.seconds - saved > 120:
                self.save()
                saved = self.seconds
        if self.rank == 0:
            self.save()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", required=True)
    parser.add_argument("--start", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    parser.add_argument("--minutes", required=True, type=float)
    parser.add_argument("--lr", type=float, default=4e-4)
    parser.add_argument("--batch", type=int, default=64, help="crops of a process")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    context = torch.multiprocessing.get_context("fork")
    count = sum(p.numel() for p in Student().parameters())
    shared = (torch.zeros(arguments.processes, count).share_memory_(), context.Barrier(arguments.processes),
              torch.zeros(1).share_memory_())
    others = [context.Process(target=lambda rank: Trainer(arguments, rank, shared).run(), args=(rank,), daemon=True)
              for rank in range(1, arguments.processes)]
    for process in others:
        process.start()
    Trainer(arguments, 0, shared).run()


if __name__ == "__main__":
    main()
