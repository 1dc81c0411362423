import os


def files(folder):
    return f"{len(os.listdir(folder))} folders, served"
